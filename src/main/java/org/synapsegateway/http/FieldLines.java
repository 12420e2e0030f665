// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a head, and where its field lines lie in them; names and values become strings on
 * request only. Confined to one event loop.
 */
public abstract class FieldLines {
  static final int MAX_FIELDS = 1000;

  private static final int ORDINARY_FIELDS = 64;
  private static final int FEW_FIELDS = 8;
  private static final byte[] NOTHING = {};
  private static final int STRIDE = 4;

  byte[] bytes = NOTHING;
  int length;
  private int[] index = new int[FEW_FIELDS * STRIDE];
  private Field[] kinds = new Field[FEW_FIELDS];
  private int count;

  FieldLines() {}

  /** Appends a line; returns false if it would be one too many. */
  final boolean add(int nameStart, int nameEnd, int valueStart, int valueEnd) {
    if (count == kinds.length) {
      if (count >= MAX_FIELDS) {
        return false;
      }
      int grown = Math.min(count * 2, MAX_FIELDS);
      index = Arrays.copyOf(index, grown * STRIDE);
      kinds = Arrays.copyOf(kinds, grown);
    }
    int at = count * STRIDE;
    index[at] = nameStart;
    index[at + 1] = nameEnd;
    index[at + 2] = valueStart;
    index[at + 3] = valueEnd;
    kinds[count] = Field.of(bytes, nameStart, nameEnd);
    count++;
    return true;
  }

  /** Forgets all lines; of many more than usual, the arrays too. */
  final void forgetFields() {
    if (kinds.length > ORDINARY_FIELDS) {
      index = new int[ORDINARY_FIELDS * STRIDE];
      kinds = new Field[ORDINARY_FIELDS];
    }
    count = 0;
  }

  /** Takes over the lines of another head, in arrays of its own. */
  final void copyFields(FieldLines other) {
    index = Arrays.copyOf(other.index, Math.max(other.count, 1) * STRIDE);
    kinds = Arrays.copyOf(other.kinds, Math.max(other.count, 1));
    count = other.count;
  }

  /** Appends the field lines, but none that frames a body. */
  final void appendFields(StringBuilder to) {
    for (int line = 0; line < count; line++) {
      switch (kinds[line]) {
        case CONTENT_LENGTH, TRANSFER_ENCODING, TRAILER, EXPECT -> {}
        default -> to.append(text(nameStart(line), lineEnd(line)));
      }
    }
  }

  /**
   * The bytes of the head, from the start line to the empty line; longer than {@link #length()}.
   */
  public final byte[] bytes() {
    return bytes;
  }

  /** How many of {@link #bytes()} are the head's. */
  public final int length() {
    return length;
  }

  /** The number of field lines. */
  public final int fieldCount() {
    return count;
  }

  /** Which field the line is, if it is one that the gateway understands. */
  public final Field field(int line) {
    return kinds[line];
  }

  /** The name of a field line as it was sent. */
  public final String name(int line) {
    return text(nameStart(line), nameEnd(line));
  }

  /** The value of a field line without the white space around it, one char a byte (ISO-8859-1). */
  public final String value(int line) {
    return text(valueStart(line), valueEnd(line));
  }

  public final int nameStart(int line) {
    return index[line * STRIDE];
  }

  public final int nameEnd(int line) {
    return index[line * STRIDE + 1];
  }

  public final int valueStart(int line) {
    return index[line * STRIDE + 2];
  }

  public final int valueEnd(int line) {
    return index[line * STRIDE + 3];
  }

  /** Where the line after this one begins. */
  final int lineEnd(int line) {
    return line + 1 < count ? nameStart(line + 1) : length - 2;
  }

  /** The first line of a known field at or after {@code from}, or -1. */
  public final int find(Field field, int from) {
    for (int line = from; line < count; line++) {
      if (kinds[line] == field) {
        return line;
      }
    }
    return -1;
  }

  /**
   * The first line at or after {@code from} that has this name, which is given in lower case, or
   * -1.
   */
  public final int find(String lowerName, int from) {
    for (int line = from; line < count; line++) {
      if (Octets.equalsIgnoreCase(bytes, nameStart(line), nameEnd(line), lowerName)) {
        return line;
      }
    }
    return -1;
  }

  /** The value of the first line with this name, which is given in lower case, or null. */
  public final @Nullable String first(String lowerName) {
    int line = find(lowerName, 0);
    return line < 0 ? null : value(line);
  }

  /** The bytes of a range of the head, one char a byte (ISO-8859-1). */
  public final String text(int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /** The bytes of a {@link Span} of this head, one char a byte (ISO-8859-1). */
  public final String text(long span) {
    return text(Span.start(span), Span.end(span));
  }
}
