// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

/** Mixes the bits of numbers. */
public final class Bits {
  private Bits() {}

  /** The finalizer of SplitMix64, a bijection. */
  public static long scatter(long number) {
    long bits = (number ^ number >>> 30) * 0xbf58476d1ce4e5b9L;
    bits = (bits ^ bits >>> 27) * 0x94d049bb133111ebL;
    return bits ^ bits >>> 31;
  }
}
