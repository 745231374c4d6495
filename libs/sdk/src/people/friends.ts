import type { Friend, FriendRequest, Page } from '@dunlin/contracts/wire';
import type { Http } from '../transport/http.js';
import { segment, type PageQuery } from '../transport/paging.js';

/** Friends, and the requests that make them. */
export class Friends {
  /** @internal */
  constructor(private readonly http: Http) {}

  /** @throws DunlinError `network` */
  list(page: PageQuery = {}): Promise<Page<Friend>> {
    return this.http.get('/friends', { ...page });
  }

  /** Both sides lose it; harmless twice. @throws DunlinError `not_found`, `network` */
  remove(userId: string): Promise<void> {
    return this.http.delete(`/friends/${segment(userId)}`);
  }

  /**
   * Asks somebody; a request that crosses theirs makes both friends at once (`status: "accepted"`).
   * @param to userId or username; message: at most 200 characters
   * @throws DunlinError `conflict` (friends already), `blocked`, `not_found`, `validation_failed`, `rate_limited`, `network`
   */
  request(to: ({ userId: string } | { username: string }) & { message?: string }): Promise<FriendRequest> {
    return this.http.post('/friend-requests', to);
  }

  /** Those that are pending, newest first. @throws DunlinError `network` */
  requests(direction: 'incoming' | 'outgoing', page: PageQuery = {}): Promise<Page<FriendRequest>> {
    return this.http.get('/friend-requests', { direction, ...page });
  }

  /** Harmless twice. @throws DunlinError `not_found`, `conflict`, `network` */
  accept(requestId: string): Promise<FriendRequest> {
    return this.http.post(`/friend-requests/${segment(requestId)}/accept`);
  }

  /** @throws DunlinError `not_found`, `conflict`, `network` */
  decline(requestId: string): Promise<FriendRequest> {
    return this.http.post(`/friend-requests/${segment(requestId)}/decline`);
  }

  /** Takes one's own request back. @throws DunlinError `not_found`, `network` */
  withdraw(requestId: string): Promise<void> {
    return this.http.delete(`/friend-requests/${segment(requestId)}`);
  }
}
