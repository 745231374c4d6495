import type { JoinRequest, Page } from '@dunlin/contracts/wire';
import type { Http } from '../transport/http.js';
import { segment, type PageQuery } from '../transport/paging.js';

/** Who waits to be let into a group; for its admins and owner. */
export class JoinRequests {
  /** @internal */
  constructor(private readonly http: Http) {}

  /** Oldest first. @throws DunlinError `forbidden`, `not_found`, `network` */
  list(groupId: string, page: PageQuery = {}): Promise<Page<JoinRequest>> {
    return this.http.get(`/groups/${segment(groupId)}/join-requests`, { ...page });
  }

  /** Lets somebody in; harmless twice. @throws DunlinError `forbidden`, `group_full`, `not_found`, `network` */
  approve(groupId: string, userId: string): Promise<void> {
    return this.http.post(`/groups/${segment(groupId)}/join-requests/${segment(userId)}/approve`);
  }

  /** Turns somebody away, who may ask again. @throws DunlinError `forbidden`, `not_found`, `network` */
  reject(groupId: string, userId: string): Promise<void> {
    return this.http.post(`/groups/${segment(groupId)}/join-requests/${segment(userId)}/reject`);
  }
}
