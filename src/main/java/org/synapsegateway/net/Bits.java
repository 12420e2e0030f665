// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

/** Numbers whose bits depend on each other, made into such as do not. */
public final class Bits {
  private Bits() {}

  /** As SplitMix64 ends: no two numbers become the same one. */
  public static long scatter(long number) {
    long bits = (number ^ number >>> 30) * 0xbf58476d1ce4e5b9L;
    bits = (bits ^ bits >>> 27) * 0x94d049bb133111ebL;
    return bits ^ bits >>> 31;
  }
}
