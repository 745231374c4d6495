import { Module } from '@nestjs/common';
import { StorageModule } from '@dunlin/storage';
import { AccountHandlers } from './account/account.handlers.js';
import { AccountsService } from './account/accounts.service.js';
import { Passwords } from './account/passwords.js';
import { ProfilesService } from './account/profiles.service.js';
import { FriendRequestsService } from './friendship/friend-requests.service.js';
import { FriendsService } from './friendship/friends.service.js';
import { FriendshipHandlers } from './friendship/friendship.handlers.js';
import { TiesService } from './friendship/ties.service.js';
import { SessionHandlers } from './session/session.handlers.js';
import { SessionsService } from './session/sessions.service.js';
import { Tokens } from './session/tokens.js';
import { UserOutboxRow, UserRequestRow } from './user.schema.js';

/** Accounts, sessions, friends and blocks. */
@Module({
  imports: [StorageModule.forContext({ outbox: UserOutboxRow, requests: UserRequestRow })],
  controllers: [AccountHandlers, SessionHandlers, FriendshipHandlers],
  providers: [
    AccountsService,
    Passwords,
    ProfilesService,
    SessionsService,
    Tokens,
    TiesService,
    FriendsService,
    FriendRequestsService,
  ],
})
export class UserModule {}
