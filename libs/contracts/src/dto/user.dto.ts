import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { LIMITS, USERNAME_PATTERN, type FriendRequestStatus } from '../wire/index.js';
import { IsId, IsName, IsText, MayBeMissing, PageQueryDto } from './common.dto.js';

const IsOfForm = (form: RegExp, message: string): PropertyDecorator =>
  applyDecorators(Matches(form, { message }), ApiProperty({ pattern: form.source })) as PropertyDecorator;

const IsUsername = (): PropertyDecorator => IsOfForm(USERNAME_PATTERN, 'must be 3 to 32 of a-z A-Z 0-9 . _ -');

const IsPassword = (): PropertyDecorator => IsText(LIMITS.password.min, LIMITS.password.max);

const IsRefreshId = (): PropertyDecorator =>
  IsOfForm(/^[A-Za-z0-9._-]{16,64}$/, 'must be 16 to 64 of a-z A-Z 0-9 . _ -');

export class UserDto {
  id: string;
  username: string;
  displayName: string;
  @ApiProperty({ type: String, nullable: true })
  avatarUrl: string | null;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class UserPageDto {
  items: UserDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class RegisterDto {
  /** 3–32 of `a-z A-Z 0-9 . _ -`; unique without regard to case. */
  @IsUsername()
  username: string;

  /** 8–256 characters, every one of which counts; in production none of the most common passwords. */
  @IsPassword()
  password: string;

  /** 1–64 characters; the username when missing. */
  @MayBeMissing()
  @IsName(LIMITS.displayName.min, LIMITS.displayName.max)
  displayName?: string;

  /** What the session is called in the list of sessions. */
  @MayBeMissing()
  @IsName(1, LIMITS.deviceName.max)
  device?: string;
}

/** No rules but that it is text of a bounded length: what cannot be right is simply wrong. */
export class LoginDto {
  @IsText(1, 256)
  username: string;

  @IsText(1, LIMITS.password.max)
  password: string;

  /** What the session is called in the list of sessions. */
  @MayBeMissing()
  @IsName(1, LIMITS.deviceName.max)
  device?: string;
}

export class RefreshDto {
  @IsString({ message: 'must be a refresh token' })
  @MaxLength(256, { message: 'must be a refresh token' })
  refreshToken: string;

  /**
   * Random, and kept beside the token before it is used. The same token with the same id gives the same pair again, until
   * that pair is used: for a client that has not heard the answer.
   */
  @MayBeMissing()
  @IsRefreshId()
  refreshId?: string;
}

export class ChangePasswordDto {
  @IsText(1, LIMITS.password.max)
  currentPassword: string;

  @IsPassword()
  newPassword: string;
}

export class TokenPairDto {
  accessToken: string;
  refreshToken: string;
  /** Seconds until the access token expires. */
  expiresIn: number;
}

export class AuthResultDto extends TokenPairDto {
  user: UserDto;
}

export class SessionDto {
  id: string;
  @ApiProperty({ type: String, nullable: true })
  device: string | null;
  /** The one that asks. */
  current: boolean;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ApiProperty({ format: 'date-time' })
  lastUsedAt: string;
}

export class SessionPageDto {
  items: SessionDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class UpdateMeDto {
  @MayBeMissing()
  @IsName(LIMITS.displayName.min, LIMITS.displayName.max)
  displayName?: string;

  /** An image of the caller's; null takes the picture away. Who is signed in may see what has once been a picture. */
  @ApiProperty({ type: String, nullable: true, required: false })
  @ValidateIf((_, value) => value !== undefined && value !== null)
  @IsId()
  avatarMediaId?: string | null;
}

export class FriendDto {
  user: UserDto;
  @ApiProperty({ format: 'date-time' })
  since: string;
}

export class FriendPageDto {
  items: FriendDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

/** Exactly one of `userId` and `username`. */
export class CreateFriendRequestDto {
  @ValidateIf((body: CreateFriendRequestDto) => body.userId !== undefined || body.username === undefined)
  @IsId({ message: 'name exactly one of userId and username' })
  userId?: string;

  @MayBeMissing()
  @IsText(1, 256)
  username?: string;

  /** At most 200 characters. */
  @MayBeMissing()
  @IsText(0, LIMITS.requestMessage.max)
  message?: string;
}

export class FriendRequestDto {
  id: string;
  from: UserDto;
  to: UserDto;
  message: string;
  @ApiProperty({ enum: ['pending', 'accepted', 'declined'] })
  status: FriendRequestStatus;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class FriendRequestPageDto {
  items: FriendRequestDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class FriendRequestQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: ['incoming', 'outgoing'], default: 'incoming' })
  @IsIn(['incoming', 'outgoing'], { message: 'must be incoming or outgoing' })
  direction: 'incoming' | 'outgoing' = 'incoming';
}

export class BlockDto {
  user: UserDto;
  @ApiProperty({ format: 'date-time' })
  since: string;
}

export class BlockPageDto {
  items: BlockDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
