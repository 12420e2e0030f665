// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.synapsegateway.http.Span;

/**
 * A range of an array of bytes: what a request is known by, taken from its head without a copy
 * where nothing had to be decoded.
 *
 * <p>A slice of a head is valid as long as the head is; {@link #toArray()} outlives it. Two slices
 * with the same bytes are equal. Its text is shown only on demand, because it may be a secret. Safe
 * for any thread as far as its array is.
 */
public final class Slice {
  /** No bytes. */
  public static final Slice EMPTY = new Slice(new byte[0], 0, 0);

  private final byte[] array;
  private final int start;
  private final int end;

  private Slice(byte[] array, int start, int end) {
    this.array = array;
    this.start = start;
    this.end = end;
  }

  /** The range {@code [start, end)} of {@code array}. */
  public static Slice of(byte[] array, int start, int end) {
    return end <= start ? EMPTY : new Slice(array, start, end);
  }

  /** The range that a {@link Span} of {@code array} names. */
  public static Slice of(byte[] array, long span) {
    return of(array, Span.start(span), Span.end(span));
  }

  /** All of {@code array}. */
  public static Slice of(byte[] array) {
    return of(array, 0, array.length);
  }

  /** A text's UTF-8. */
  public static Slice of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The array that the bytes lie in; not to be written to. */
  public byte[] array() {
    return array;
  }

  /** Where the bytes begin in {@link #array()}. */
  public int start() {
    return start;
  }

  /** Where the bytes end in {@link #array()}. */
  public int end() {
    return end;
  }

  public int length() {
    return end - start;
  }

  public boolean isEmpty() {
    return end == start;
  }

  /** The byte at {@code index}, counted from this slice's beginning. */
  public byte at(int index) {
    return array[start + index];
  }

  /** The range {@code [from, to)} of this slice. */
  public Slice part(int from, int to) {
    return of(array, start + from, start + to);
  }

  /** The index of the first {@code b} at or after {@code from}, or -1. */
  int indexOf(char b, int from) {
    for (int i = start + from; i < end; i++) {
      if (array[i] == b) {
        return i - start;
      }
    }
    return -1;
  }

  /** Whether this slice begins with an ASCII text. */
  boolean startsWith(String ascii) {
    if (length() < ascii.length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (array[start + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** A copy of the bytes. */
  public byte[] toArray() {
    return Arrays.copyOfRange(array, start, end);
  }

  /** The bytes as UTF-8. */
  public String text() {
    return new String(array, start, length(), StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Slice that
        && Arrays.equals(array, start, end, that.array, that.start, that.end);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return "Slice of " + length() + " bytes";
  }
}
