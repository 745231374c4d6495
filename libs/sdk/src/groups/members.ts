import type { Member, Page } from '@dunlin/contracts/wire';
import type { Http } from '../transport/http.js';
import { segment, type PageQuery } from '../transport/paging.js';

/** The members of a group. */
export class Members {
  /** @internal */
  constructor(private readonly http: Http) {}

  /** In the order of joining; for members. @throws DunlinError `not_found`, `network` */
  list(groupId: string, page: PageQuery = {}): Promise<Page<Member>> {
    return this.http.get(this.path(groupId), { ...page });
  }

  /**
   * Adds friends of one's own; for admins and the owner.
   * @param userIds 1–200
   * @returns who was added, and who was skipped: members already, or no friends
   * @throws DunlinError `forbidden`, `group_full`, `not_found`, `validation_failed`, `network`
   */
  add(groupId: string, userIds: string[]): Promise<{ added: string[]; skipped: string[] }> {
    return this.http.post(this.path(groupId), { userIds });
  }

  /** Admins act on members, the owner on all. @throws DunlinError `forbidden`, `not_found`, `network` */
  kick(groupId: string, userId: string): Promise<void> {
    return this.http.delete(this.path(groupId, userId));
  }

  /**
   * @param change role: by the owner; mutedUntil: an instant in the future, null ends it
   * @throws DunlinError `forbidden`, `not_found`, `validation_failed`, `network`
   */
  update(
    groupId: string,
    userId: string,
    change: { role?: 'admin' | 'member'; mutedUntil?: string | null },
  ): Promise<Member> {
    return this.http.patch(this.path(groupId, userId), change);
  }

  private path(groupId: string, userId?: string): string {
    const members = `/groups/${segment(groupId)}/members`;
    return userId === undefined ? members : `${members}/${segment(userId)}`;
  }
}
