// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The content codings in which a worker may send a reply (RFC 9110, 8.4.1): gzip or none. */
public final class ContentCoding {
  private ContentCoding() {}

  /** Whether a coding can be decoded; null is none. */
  static boolean isKnown(@Nullable String coding) {
    return coding == null || isGzip(coding) || coding.equalsIgnoreCase("identity");
  }

  private static boolean isGzip(@Nullable String coding) {
    return "gzip".equalsIgnoreCase(coding) || "x-gzip".equalsIgnoreCase(coding);
  }

  /** A decoded body of at most this length; empty if it cannot be decoded. */
  public static byte[] decoded(byte[] body, @Nullable String coding, int longest) {
    if (!isGzip(coding)) {
      return isKnown(coding) ? body : new byte[0];
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readNBytes(longest);
    } catch (IOException e) {
      return new byte[0]; // it says nothing
    }
  }
}
