import { USERNAME_PATTERN } from '@dunlin/contracts';
import type { Database } from '@dunlin/storage';
import { UserRow } from './user.entity.js';

/**
 * Without regard to case. What cannot be a username is nobody's, though the database would say otherwise: the spaces after
 * a name mean nothing to MySQL, and the small letter of the Kelvin sign is a k.
 */
export async function findByUsername(db: Database, username: string): Promise<UserRow | null> {
  if (!USERNAME_PATTERN.test(username)) return null;
  return db.read((from) => from.findOneBy(UserRow, { usernameKey: username.toLowerCase() }));
}
