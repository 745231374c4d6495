import type { GroupCard, JoinPolicy, Page } from '@dunlin/contracts/wire';
import type { Http } from '../transport/http.js';
import { segment, type PageQuery } from '../transport/paging.js';
import { Foundings, type Founding } from './foundings.js';
import { JoinRequests } from './join-requests.js';
import { Members } from './members.js';

/** Groups: one's own, and those that can be found. */
export class Groups {
  readonly members: Members;
  readonly joinRequests: JoinRequests;
  private readonly foundings = new Foundings();

  /** @internal */
  constructor(private readonly http: Http) {
    this.members = new Members(http);
    this.joinRequests = new JoinRequests(http);
  }

  /**
   * Founds a group; its conversation is `conversationId`. The same again, after a failure that leaves open whether it was
   * founded, gives the group that is there.
   * @param input name: 1–64 characters; memberIds: friends of one's own, at most 200; clientGroupId: a random id of one's
   *   own for this founding, for who asks again after a reload
   * @throws DunlinError `validation_failed`, `not_friends`, `group_full`, `idempotency_conflict`, `network`
   */
  create(input: Founding): Promise<GroupCard> {
    return this.foundings.run(input, (named) => this.http.post('/groups', named));
  }

  /** Those that one is in. @throws DunlinError `network` */
  list(page: PageQuery = {}): Promise<Page<GroupCard>> {
    return this.http.get('/groups', { ...page });
  }

  /** Also an open or approval group that one is not in. @throws DunlinError `not_found`, `network` */
  get(groupId: string): Promise<GroupCard> {
    return this.http.get(`/groups/${segment(groupId)}`);
  }

  /**
   * For admins and the owner.
   * @param change avatarMediaId: an uploaded image of one's own, null for none
   * @throws DunlinError `forbidden`, `not_found`, `validation_failed`, `network`
   */
  update(
    groupId: string,
    change: { name?: string; joinPolicy?: JoinPolicy; avatarMediaId?: string | null },
  ): Promise<GroupCard> {
    return this.http.patch(`/groups/${segment(groupId)}`, change);
  }

  /** For the owner; ends the group for everybody. @throws DunlinError `forbidden`, `not_found`, `network` */
  dissolve(groupId: string): Promise<void> {
    return this.http.delete(`/groups/${segment(groupId)}`);
  }

  /** Open and approval groups by the start of their name, 1–64 characters. @throws DunlinError `validation_failed`, `network` */
  search(q: string, page: PageQuery = {}): Promise<Page<GroupCard>> {
    return this.http.get('/group-directory', { q, ...page });
  }

  /**
   * Comes in, or asks to be let in; a member is in already.
   * @param message to the admins, at most 200 characters
   * @throws DunlinError `not_found`, `group_full`, `validation_failed`, `network`
   */
  join(groupId: string, message?: string): Promise<{ status: 'joined' | 'pending' }> {
    return this.http.post(`/groups/${segment(groupId)}/join`, message === undefined ? {} : { message });
  }

  /** @throws DunlinError `conflict` (the owner transfers or dissolves first), `not_found`, `network` */
  leave(groupId: string): Promise<void> {
    return this.http.post(`/groups/${segment(groupId)}/leave`);
  }

  /** Makes a member the owner; for the owner, who stays as an admin. @throws DunlinError `forbidden`, `not_found`, `network` */
  transfer(groupId: string, userId: string): Promise<GroupCard> {
    return this.http.post(`/groups/${segment(groupId)}/transfer`, { userId });
  }
}
