export const a = forwardRef(() => null);
