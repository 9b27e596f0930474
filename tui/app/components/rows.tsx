/**
 * Rows of the screen in Ink.
 *
 * Ink measures every text it is given and keeps it for ever. So it is given a placeholder that never changes, and a transform that is asked for the real
 * rows when the frame is written.
 */
import { Box, Text, Transform } from 'ink';
import type { ReactElement } from 'react';

export interface RowsProps {
  height: number;
  width: number;
  /** Row i, painted; called when Ink writes a frame. */
  row(i: number): string;
}

export function Rows({ height, width, row }: RowsProps): ReactElement | null {
  if (height <= 0) return null;
  return (
    <Box width={width} height={height} flexShrink={0}>
      <Transform transform={(_placeholder, i) => row(i)}>
        <Text>{'.\n'.repeat(height - 1) + '.'}</Text>
      </Transform>
    </Box>
  );
}
