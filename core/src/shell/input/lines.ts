/** Cuts chunks of bytes into lines of text, without their line ends; what follows the last line end is a line when it is not empty. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let kept = '';
  for await (const chunk of chunks) {
    const lines = (kept + decoder.decode(chunk, { stream: true })).split('\n');
    kept = lines.pop() ?? '';
    yield* lines;
  }
  kept += decoder.decode();
  if (kept !== '') yield kept;
}
