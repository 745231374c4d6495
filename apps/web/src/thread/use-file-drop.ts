import { useState, type DragEvent } from 'react';

interface DropZone {
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDragLeave: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
}

/**
 * Files that are dropped on a part of the page.
 *
 * @param welcome whether they are taken; otherwise nothing happens, and the browser does not open them either
 */
export function useFileDrop(take: (files: FileList) => void, welcome: boolean): [zone: DropZone, dragging: boolean] {
  const [dragging, setDragging] = useState(false);
  const zone: DropZone = {
    onDragOver: (event) => {
      // a text that is dragged is the field's own business
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      setDragging(welcome);
    },
    onDragLeave: ({ currentTarget, relatedTarget }) => {
      if (!currentTarget.contains(relatedTarget as Node | null)) setDragging(false);
    },
    onDrop: (event) => {
      setDragging(false);
      const { files } = event.dataTransfer;
      if (files.length === 0) return;
      event.preventDefault();
      if (welcome) take(files);
    },
  };
  return [zone, dragging];
}
