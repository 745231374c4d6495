import type { Block, Page } from '@dunlin/contracts/wire';
import type { Http } from '../transport/http.js';
import { segment, type PageQuery } from '../transport/paging.js';

/** People whom one does not want to hear of. They are not told. */
export class Blocks {
  /** @internal */
  constructor(private readonly http: Http) {}

  /** @throws DunlinError `network` */
  list(page: PageQuery = {}): Promise<Page<Block>> {
    return this.http.get('/blocks', { ...page });
  }

  /** Ends the friendship, and stops requests and direct messages both ways. @throws DunlinError `not_found`, `network` */
  add(userId: string): Promise<void> {
    return this.http.put(`/blocks/${segment(userId)}`);
  }

  /** Does not bring the friendship back. @throws DunlinError `not_found`, `network` */
  remove(userId: string): Promise<void> {
    return this.http.delete(`/blocks/${segment(userId)}`);
  }
}
