import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AuthHttpModule } from './http/auth/auth-http.module.js';
import { ConversationViews } from './http/conversations/conversation-views.js';
import { ConversationsController } from './http/conversations/conversations.controller.js';
export {};
