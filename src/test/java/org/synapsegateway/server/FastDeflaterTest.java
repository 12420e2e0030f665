// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is compressed is for zlib the same again. */
class FastDeflaterTest {
  private final FastDeflater deflater = new FastDeflater(new BlockWriter());

  /** The bodies go through one compressor, as those of a loop do. */
  private byte[] compressed(byte[] body, Random pieces) {
    deflater.reset();
    ByteBuf out = Unpooled.buffer();
    ByteBuf in = Unpooled.wrappedBuffer(body);
    while (in.isReadable()) {
      int most = Math.min(deflater.room(), in.readableBytes());
      deflater.add(in, pieces == null ? most : 1 + pieces.nextInt(most));
      if (deflater.room() == 0 || pieces != null && pieces.nextInt(4) == 0) {
        deflater.compress(false);
        deflater.moveTo(out);
      }
    }
    deflater.compress(true);
    deflater.moveTo(out);
    assertThat(deflater.total()).isEqualTo(body.length);
    return ByteBufUtil.getBytes(out);
  }

  private static byte[] inflated(byte[] packed, int size) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(packed);
      byte[] out = new byte[size + 1];
      int length = 0;
      int more = 1;
      while (more > 0 || !inflater.finished() && !inflater.needsInput()) {
        more = inflater.inflate(out, length, out.length - length);
        length += more;
      }
      assertThat(inflater.finished()).isTrue();
      assertThat(inflater.getRemaining()).isZero();
      return Arrays.copyOf(out, length);
    } finally {
      inflater.end();
    }
  }

  private void isTheSameAgain(byte[] body) throws DataFormatException {
    assertThat(inflated(compressed(body, null), body.length)).isEqualTo(body);
    Random pieces = new Random(body.length);
    assertThat(inflated(compressed(body, pieces), body.length)).isEqualTo(body);
  }

  private static byte[] text(int size, Random random) {
    StringBuilder text = new StringBuilder();
    String[] words = {"\"event_id\":", "m.room.message", "{\"content\":{", "},", "\"$", "é", " "};
    while (text.length() < size) {
      text.append(words[random.nextInt(words.length)])
          .append(random.nextInt(1 << random.nextInt(30)));
    }
    return Arrays.copyOf(text.toString().getBytes(StandardCharsets.UTF_8), size);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 100, 32_767, 32_768, 32_769, 65_536, 98_304, 500_000})
  void textIsTheSameAgain(int size) throws Exception {
    isTheSameAgain(text(size, new Random(size)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 32_768, 32_769, 100_000})
  void noiseIsTheSameAgain(int size) throws Exception {
    byte[] noise = new byte[size];
    new Random(size).nextBytes(noise);
    isTheSameAgain(noise);
    assertThat(compressed(noise, null).length).isLessThanOrEqualTo(size + 5 * (size / 32_768 + 2));
  }

  @Test
  void whatRepeatsIsTheSameAgain() throws Exception {
    for (int period : new int[] {1, 2, 3, 4, 5, 8, 257, 258, 259, 32_767, 32_768, 32_769, 40_000}) {
      byte[] once = new byte[period];
      new Random(period).nextBytes(once);
      byte[] body = new byte[150_000];
      for (int i = 0; i < body.length; i++) {
        body[i] = once[i % period];
      }
      isTheSameAgain(body);
    }
  }

  /** Frequencies like these make the deepest trees: codes would have more than 15 bits. */
  @Test
  void codesHaveTheirMostBits() throws Exception {
    byte[] body = new byte[BlockWriter.MAX];
    int at = 0;
    int before = 1;
    int count = 1;
    for (int symbol = 0; at < body.length; symbol++) {
      int end = Math.min(body.length, at + count);
      Arrays.fill(body, at, end, (byte) symbol);
      at = end;
      count += before;
      before = count - before;
    }
    // in another order nothing repeats
    Random random = new Random(1);
    for (int i = body.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      byte moved = body[i];
      body[i] = body[other];
      body[other] = moved;
    }
    isTheSameAgain(body);
  }

  @Test
  void bodiesOfAllKindsAreTheSameAgain() throws Exception {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      int alphabet = 1 + random.nextInt(256);
      byte[] body = new byte[random.nextInt(1 << random.nextInt(17) + 1)];
      for (int i = 0; i < body.length; i++) {
        boolean repeats = i > 300 && random.nextInt(3) > 0;
        body[i] = repeats ? body[i - 300] : (byte) random.nextInt(alphabet);
      }
      isTheSameAgain(body);
    }
  }

  /** Where the memory to take it has not sufficed, nothing of it is in the next body. */
  @Test
  void whatNobodyHasTakenIsDropped() throws Exception {
    byte[] body = text(1_000, new Random(4));
    ByteBuf lost = Unpooled.wrappedBuffer(text(40_000, new Random(5)));
    deflater.add(lost, deflater.room());
    deflater.compress(false);
    isTheSameAgain(body);
  }

  @Test
  void jsonIsAsSmallAsAtTheFirstLevelOfZlib() {
    byte[] body = text(200_000, new Random(3));
    Deflater zlib = new Deflater(Deflater.BEST_SPEED, true);
    zlib.setInput(body);
    zlib.finish();
    int size = zlib.deflate(new byte[200_000]);
    zlib.end();
    assertThat((double) compressed(body, null).length / size).isBetween(0.9, 1.05);
  }
}
