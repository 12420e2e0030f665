// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** As much HTTP/1.1 as clients and workers of a {@link Training} need of well-formed messages. */
final class TrainingHttp {
  private static final String END = "\r\n\r\n";

  private TrainingHttp() {}

  /** Returns a head with its empty line, or an empty string where the connection ends. */
  static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      head.append((char) next);
      if (next == '\n' && head.length() >= END.length() && head.lastIndexOf(END) >= 0) {
        return head.toString();
      }
    }
    return "";
  }

  /** Reads the body that a head announces, without keeping it. */
  static void skipBody(InputStream in, String head) throws IOException {
    String lower = head.toLowerCase(Locale.ROOT);
    if (lower.contains("\r\ntransfer-encoding: chunked\r\n")) {
      skipChunks(in);
    } else {
      in.skipNBytes(Long.parseLong(field(lower, "content-length", "0")));
    }
  }

  private static void skipChunks(InputStream in) throws IOException {
    for (long size = chunkSize(in); size > 0; size = chunkSize(in)) {
      in.skipNBytes(size + 2);
    }
    in.skipNBytes(2);
  }

  private static long chunkSize(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return Long.parseLong(line.toString().strip(), 16);
  }

  private static String field(String head, String name, String otherwise) {
    int start = head.indexOf("\r\n" + name + ":");
    if (start < 0) {
      return otherwise;
    }
    int value = start + name.length() + 3;
    return head.substring(value, head.indexOf("\r\n", value)).strip();
  }
}
