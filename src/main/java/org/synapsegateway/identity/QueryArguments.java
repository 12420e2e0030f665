// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import org.synapsegateway.http.RequestHead;

/**
 * The arguments of a request's query as Synapse sees them.
 *
 * <p>Synapse's server is Twisted, whose {@code twisted.web.http.parse_qs} separates arguments at
 * {@code &} and at {@code ;}, needs an equals sign, decodes names and values, and compares names
 * with their case. nginx's {@code $arg_name} does none of this; it is {@link RequestHead#argument}.
 * Safe for any thread.
 */
public final class QueryArguments {
  private QueryArguments() {}

  /**
   * The decoded value of the first argument with this name; {@link Slice#EMPTY} if it is absent or
   * empty.
   *
   * @param name in ASCII
   */
  public static Slice first(RequestHead head, String name) {
    return first(head.bytes(), head.queryStart(), head.queryEnd(), name);
  }

  /** The same of a target. */
  static Slice first(Slice target, String name) {
    int mark = target.indexOf('?', 0);
    int start = mark < 0 ? -1 : target.start() + mark + 1;
    return first(target.array(), start, target.end(), name);
  }

  private static Slice first(byte[] b, int queryStart, int queryEnd, String name) {
    int at = queryStart;
    while (at >= 0 && at < queryEnd) {
      int equals = -1;
      int end = at;
      while (end < queryEnd && b[end] != '&' && b[end] != ';') {
        if (equals < 0 && b[end] == '=') {
          equals = end;
        }
        end++;
      }
      if (equals >= 0 && PercentCoding.isArgument(b, at, equals, name)) {
        return PercentCoding.decodeArgument(b, equals + 1, end);
      }
      at = end + 1;
    }
    return Slice.EMPTY;
  }
}
