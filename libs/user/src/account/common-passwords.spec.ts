import { refuseCommon } from './common-passwords.js';

describe('A password', () => {
  it.each(['password', 'Password1', '12345678', 'QWERTYUIOP', 'iloveyou', 'trustno1'])(
    '%s is guessed first, and refused',
    async (password) => {
      await expect(refuseCommon(password, 'newPassword')).rejects.toMatchObject({
        code: 'validation_failed',
        errors: [{ path: 'newPassword' }],
      });
    },
  );

  it('that nobody else has is taken, also when it holds a common one', async () => {
    for (const password of ['correct horse battery', 'password of my own', 'iloveyou-not', '密码密码密码密码'])
      await refuseCommon(password, 'password');
  });
});
