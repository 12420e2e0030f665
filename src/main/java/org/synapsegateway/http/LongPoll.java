package org.synapsegateway.http;

/** How long a client asks a worker to hold its request: the {@code timeout} argument of a sync. */
public final class LongPoll {
  private static final int MOST_DIGITS = 7;

  private LongPoll() {}

  /**
   * The milliseconds of the {@code timeout} argument in the query; 0 if there is none or it is no
   * number, and never more than 9,999,999.
   */
  public static long millis(RequestHead head) {
    if (head.queryStart() < 0) {
      return 0;
    }
    long argument = head.argument("timeout");
    byte[] b = head.bytes();
    int end = Math.min(Span.end(argument), Span.start(argument) + MOST_DIGITS);
    long value = 0;
    for (int at = Span.start(argument); at < end && Octets.isDigit(b[at]); at++) {
      value = value * 10 + b[at] - '0';
    }
    return value;
  }

  /** Whether a sync goes on from a known point, so that it waits until there is news. */
  static boolean goesOn(RequestHead head) {
    return head.argument("since") != Span.EMPTY
        || head.argument("pos") != Span.EMPTY
        || head.argument("from") != Span.EMPTY;
  }
}
