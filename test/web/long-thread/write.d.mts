export interface Talk {
  /** Username. */
  reader: string;
  conversationId: string;
  other: { conversationId: string };
}
export declare const PASSWORD: string;
export declare function writeConversation(base: string, count: number): Promise<Talk>;
