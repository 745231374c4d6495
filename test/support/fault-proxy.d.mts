/** A TCP proxy on loopback that makes what passes late, or lost, or stops it. Bytes keep their order, as TCP has it. */
export declare class FaultProxy {
  /** @param url of the target, with its port */
  static to(url: string): Promise<FaultProxy>;
  readonly port: number;
  readonly url: string;
  /** Added to each direction. */
  delay(ms: number): void;
  /** Nothing passes that way any more, and nobody is told; `up` is towards the target. */
  silence(...directions: ('up' | 'down')[]): void;
  /** What is asked gets through; its connection ends instead of bringing the answer. */
  breakAnswers(): void;
  /** Ends every connection and takes no new one. */
  cut(): void;
  /** All is well again. Connections that were silent end: what was swallowed cannot be had again. */
  heal(): void;
  close(): Promise<void>;
}
