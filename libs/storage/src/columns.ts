import { Column, PrimaryColumn, type ColumnOptions } from 'typeorm';

// mysql2 gives numbers or strings for a BIGINT, by its size; times and counters stay below 2^53.
const asNumber = {
  to: (value: number | null) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

/** An opaque id. */
export const IdColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'varchar', length: 64, ...options });

export const PrimaryId = (options: ColumnOptions = {}): PropertyDecorator =>
  PrimaryColumn({ type: 'varchar', length: 64, ...options } as never);

/** An instant: milliseconds since the epoch, the same in every database and free of time zones. */
export const InstantColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'bigint', transformer: asNumber, ...options });

/** A counter or version. */
export const CountColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'int', ...options });
