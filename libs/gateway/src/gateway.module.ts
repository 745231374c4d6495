import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AccessTokens } from './http/auth/access-tokens.js';
import { AuthController } from './http/auth/auth.controller.js';
import { AuthGuard } from './http/auth/auth.guard.js';
import { ConversationViews } from './http/conversations/conversation-views.js';
import { ConversationsController } from './http/conversations/conversations.controller.js';
import { ProblemFilter } from './http/errors/problem.filter.js';
import { FriendRequestsController } from './http/friends/friend-requests.controller.js';
import { FriendsController } from './http/friends/friends.controller.js';
import { GroupsHttpModule } from './http/groups/groups-http.module.js';
import { UsersController } from './http/users/users.controller.js';
import { LimitsController } from './limits/limits.controller.js';
import { LimitsModule } from './limits/limits.module.js';
import { InlineImages } from './media/inline-images.js';
import { MediaController } from './media/media.controller.js';
import { presenceProviders } from './presence/presence.providers.js';
import { Announcements } from './realtime/announcements.js';
import { Audiences } from './realtime/audiences.js';
import { ClientEvents } from './realtime/client-events.js';
import { StrayInputGuard } from './http/stray-input.guard.js';
import { UnreadAnswers } from './http/unread-answers.js';
import { Connections } from './realtime/connections.js';
import { Emitter } from './realtime/emitter.js';
import { FanOut } from './realtime/fan-out.js';
import { Handshake } from './realtime/handshake.js';
import { ImGateway } from './realtime/im.gateway.js';
import { MessageReadiness } from './readiness/message-readiness.js';
import { OpenSends } from './realtime/open-sends.js';
import { Sends } from './realtime/sends.js';
import { Turnstile } from './realtime/turnstile.js';

const http = [AccessTokens, ConversationViews, InlineImages, UnreadAnswers];
const realtime = [
  Audiences,
  ClientEvents,
  Connections,
  Emitter,
  FanOut,
  Handshake,
  ImGateway,
  OpenSends,
  Sends,
  Turnstile,
];

/** The wire: HTTP by resource, Socket.IO, fan-out, presence. Owns nothing durable. */
@Module({
  imports: [LimitsModule, GroupsHttpModule],
  controllers: [
    AuthController,
    UsersController,
    FriendsController,
    FriendRequestsController,
    ConversationsController,
    MediaController,
    LimitsController,
    Announcements,
  ],
  providers: [
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_GUARD, useClass: StrayInputGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
    ...http,
    ...realtime,
    ...presenceProviders,
    MessageReadiness,
  ],
})
export class GatewayModule {}
