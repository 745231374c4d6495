import type { Page, User } from '@dunlin/contracts/wire';
import type { Session } from '../session/session.js';
import type { Http } from '../transport/http.js';
import { segment, type PageQuery } from '../transport/paging.js';

/** Profiles: one's own and other people's. */
export class Users {
  /** @internal */
  constructor(
    private readonly http: Http,
    private readonly session: Session,
  ) {}

  /** One's own profile as the server has it now. @throws DunlinError `network` */
  async me(): Promise<User> {
    return this.keep(await this.http.get<User>('/users/me'));
  }

  /**
   * @param change displayName: 1–64 characters; avatarMediaId: an uploaded image of one's own, null for none
   * @throws DunlinError `validation_failed`, `not_found` (no such image), `network`
   */
  async updateMe(change: { displayName?: string; avatarMediaId?: string | null }): Promise<User> {
    return this.keep(await this.http.patch<User>('/users/me', change));
  }

  /** @throws DunlinError `not_found`, `network` */
  get(userId: string): Promise<User> {
    return this.http.get(`/users/${segment(userId)}`);
  }

  /** People by the start of username or display name, 1–64 characters. @throws DunlinError `validation_failed`, `network` */
  search(q: string, page: PageQuery = {}): Promise<Page<User>> {
    return this.http.get('/users', { q, ...page });
  }

  private keep(user: User): User {
    // shown at once; written down when the session's tokens may be
    void this.session.renamed(user);
    return user;
  }
}
