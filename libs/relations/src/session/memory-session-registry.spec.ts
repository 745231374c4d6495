import { DunlinError, RpcClient, type SessionId, type SessionStatus, type UserId } from '@dunlin/contracts';
import { MemorySessionRegistry } from './memory-session-registry.js';

const ann = 'ann' as UserId;
const phone = 'phone' as SessionId;

class UserService extends RpcClient {
  status: SessionStatus = { active: true, userId: ann };
  failure: Error | undefined;
  calls = 0;
  gate: Promise<void> = Promise.resolve();
  async call<Result>(): Promise<Result> {
    this.calls++;
    const { status } = this;
    await this.gate;
    if (this.failure) throw this.failure;
    return status as Result;
  }
}

const set = (activeMs: number) => {
  const time = { now: 0 };
  const service = new UserService();
  return { time, service, registry: new MemorySessionRegistry(service, activeMs, 960_000, () => time.now) };
};

describe('Sessions in memory', () => {
  it('are asked for once a minute while they hold', async () => {
    const { time, service, registry } = set(60_000);
    for (let i = 0; i < 5; i++) await registry.assertActive(phone, ann);
    expect(service.calls).toBe(1);
    time.now = 60_000;
    await registry.assertActive(phone, ann);
    expect(service.calls).toBe(2);
  });

  it('end with their revocation, whatever the user service said before', async () => {
    const { service, registry } = set(60_000);
    await registry.assertActive(phone, ann);
    await registry.revoked([phone]);
    await expect(registry.assertActive(phone, ann)).rejects.toMatchObject({ code: 'session_revoked' });
    expect(service.calls).toBe(1);
  });

  it('are refused when revoked while the question was under way', async () => {
    const { service, registry } = set(60_000);
    let open = (): void => undefined;
    service.gate = new Promise((resolve) => (open = resolve));
    const check = registry.assertActive(phone, ann);
    await registry.revoked([phone]);
    open();
    await expect(check).rejects.toMatchObject({ code: 'session_revoked' });
  });

  it('are asked for every time where another process may revoke them', async () => {
    const { service, registry } = set(0);
    await registry.assertActive(phone, ann);
    service.status = { active: false, userId: ann };
    await expect(registry.assertActive(phone, ann)).rejects.toMatchObject({ code: 'session_revoked' });
  });

  it('are of one person only', async () => {
    const { registry } = set(60_000);
    await registry.assertActive(phone, ann);
    await expect(registry.assertActive(phone, 'bob' as UserId)).rejects.toMatchObject({ code: 'session_revoked' });
  });

  it('never hold when the user service cannot tell', async () => {
    const { service, registry } = set(60_000);
    service.failure = new DunlinError('timeout');
    await expect(registry.assertActive(phone, ann)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
