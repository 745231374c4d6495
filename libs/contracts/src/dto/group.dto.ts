import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { JOIN_POLICIES, LIMITS, ROLES, type JoinPolicy, type Role } from '../wire/index.js';
import { checkedBy, IsId, IsName, IsText, MayBeMissing } from './common.dto.js';
import { UserDto } from './user.dto.js';

const IsIdList =
  (min: number): PropertyDecorator =>
  (target, name) => {
    IsArray({ message: 'must be a list of ids' })(target, name);
    ArrayMinSize(min, { message: `must be at least ${min}` })(target, name);
    ArrayMaxSize(LIMITS.memberIds, { message: `must be at most ${LIMITS.memberIds}` })(target, name);
    IsId({ each: true })(target, name);
    ArrayUnique({ message: 'must not name anybody twice' })(target, name);
  };

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;

/** An instant that exists: the thirtieth of February is none, though Date takes it. */
const isTimestamp = (value: unknown): boolean => {
  if (typeof value !== 'string' || !TIMESTAMP.test(value)) return false;
  const ms = Date.parse(value);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 19) === value.slice(0, 19);
};

const IsTimestamp = checkedBy('isTimestamp', isTimestamp, 'must be an ISO 8601 instant in UTC');

export class CreateGroupDto {
  /** 1–64 characters, not all of them invisible, without control characters. */
  @IsName(LIMITS.groupName.min, LIMITS.groupName.max)
  name: string;

  /** Who may come in: everybody, who is approved, or only who is added. */
  @ApiProperty({ enum: JOIN_POLICIES })
  @IsIn(JOIN_POLICIES, { message: `must be one of ${JOIN_POLICIES.join(', ')}` })
  joinPolicy: JoinPolicy;

  /** Friends of the caller who are in from the start; at most 200. */
  @ApiPropertyOptional({ maxItems: LIMITS.memberIds, uniqueItems: true })
  @MayBeMissing()
  @IsIdList(0)
  memberIds?: string[];

  /**
   * The client's own name for this founding, a UUID at best. The same founder asking again with it, after a lost answer,
   * gets the group that is there; with another name, policy or members it is `idempotency_conflict`.
   */
  @MayBeMissing()
  @IsId()
  clientGroupId?: string;
}

export class UpdateGroupDto {
  @MayBeMissing()
  @IsName(LIMITS.groupName.min, LIMITS.groupName.max)
  name?: string;

  @ApiPropertyOptional({ enum: JOIN_POLICIES })
  @MayBeMissing()
  @IsIn(JOIN_POLICIES, { message: `must be one of ${JOIN_POLICIES.join(', ')}` })
  joinPolicy?: JoinPolicy;

  /** An image that the caller uploaded; null takes the avatar away. Who is signed in may see what has once been one. */
  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsId()
  avatarMediaId?: string | null;
}

export class JoinGroupDto {
  /** To the admins of an approval group; at most 200 characters. */
  @MayBeMissing()
  @IsText(0, LIMITS.requestMessage.max)
  message?: string;
}

export class JoinResultDto {
  @ApiProperty({ enum: ['joined', 'pending'] })
  status: 'joined' | 'pending';
}

export class AddMembersDto {
  /** Friends of the caller; 1 to 200. */
  @ApiProperty({ minItems: 1, maxItems: LIMITS.memberIds, uniqueItems: true })
  @IsIdList(1)
  userIds: string[];
}

export class AddResultDto {
  added: string[];
  /** Members already, or no friends of the caller. */
  skipped: string[];
}

export class UpdateMemberDto {
  @ApiPropertyOptional({ enum: ['admin', 'member'] })
  @MayBeMissing()
  @IsIn(['admin', 'member'], { message: 'must be admin or member' })
  role?: 'admin' | 'member';

  /** In the future; null ends the silence. */
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  @IsOptional()
  @IsTimestamp()
  mutedUntil?: string | null;
}

export class TransferGroupDto {
  /** A member, who becomes the owner. */
  @IsId()
  userId: string;
}

export class GroupCardDto {
  id: string;
  name: string;
  @ApiProperty({ type: String, nullable: true })
  avatarUrl: string | null;
  ownerId: string;
  @ApiProperty({ enum: JOIN_POLICIES })
  joinPolicy: JoinPolicy;
  memberCount: number;
  conversationId: string;
  /** What the caller is in it; null for an outsider. */
  @ApiProperty({ enum: [...ROLES, null], type: String, nullable: true })
  myRole: Role | null;
  /**
   * Until when the caller may not write in it; not there for who may. In `group:updated` it is there when it has
   * changed, null at its end; otherwise it is as it was.
   */
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  mutedUntil?: string | null;
  /** Since when the caller asks to be let in; there only for an outsider who waits for an answer. */
  @ApiPropertyOptional({ format: 'date-time' })
  joinRequestedAt?: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class GroupPageDto {
  items: GroupCardDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class MemberDto {
  user: UserDto;
  @ApiProperty({ enum: ROLES })
  role: Role;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  mutedUntil: string | null;
  @ApiProperty({ format: 'date-time' })
  joinedAt: string;
}

export class MemberPageDto {
  items: MemberDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class JoinRequestDto {
  user: UserDto;
  message: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class JoinRequestPageDto {
  items: JoinRequestDto[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
