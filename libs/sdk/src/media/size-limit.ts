import type { ServerLimits } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import type { Http } from '../transport/http.js';

/** What a server takes that has not been asked yet. */
const USUAL = 10 * 1024 * 1024;

/** How large a file may be: as the option says, else as the server does, once it could be asked. */
export class SizeLimit {
  private known: number;
  private asked: boolean;

  /** @param own instead of the server's; bytes */
  constructor(
    private readonly http: Http,
    own?: number,
  ) {
    this.known = own ?? USUAL;
    this.asked = own !== undefined;
  }

  get bytes(): number {
    return this.known;
  }

  /** The connection is up. Asks once; never rejects. */
  async learn(): Promise<void> {
    if (this.asked) return;
    this.asked = true;
    try {
      this.known = (await this.http.get<ServerLimits>('/limits')).mediaBytes;
    } catch (error) {
      // an older server has nothing to say about it
      this.asked = DunlinError.from(error).code === 'not_found';
    }
  }
}
