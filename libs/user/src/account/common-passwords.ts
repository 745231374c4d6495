import { invalid, LIMITS } from '@dunlin/contracts';

let common: Promise<Set<string>> | undefined;

/** Read when the first password is set: a process that never sees one need not hold the list. */
async function load(): Promise<Set<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const words = dictionary['passwords-common'] as string[];
  return new Set(words.filter(({ length }) => length >= LIMITS.password.min));
}

/**
 * Refuses what is guessed first: some 18,000 passwords of leaks, in any case of their letters (OWASP ASVS 5.0, 6.2.4).
 * @param path the field's name
 * @throws DunlinError `validation_failed`
 */
export async function refuseCommon(password: string, path: string): Promise<void> {
  common ??= load();
  if ((await common).has(password.toLowerCase())) throw invalid(path, 'must not be one of the most common passwords');
}
