package org.synapsegateway.http;

/** How long a client asks a worker to hold its request: the {@code timeout} argument of a sync. */
public final class LongPoll {
  private static final byte[] NAME = {'t', 'i', 'm', 'e', 'o', 'u', 't', '='};
  private static final int MOST_DIGITS = 7;

  private LongPoll() {}

  /**
   * The milliseconds of the first {@code timeout} argument in the query; 0 if there is none or it
   * is no number, and never more than 9,999,999.
   */
  public static long millis(RequestHead head) {
    byte[] b = head.bytes();
    int at = head.queryStart();
    int end = head.queryEnd();
    while (at >= 0 && at + NAME.length < end) {
      if (startsWithName(b, at)) {
        return number(b, at + NAME.length, end);
      }
      while (at < end && b[at] != '&') {
        at++;
      }
      at++;
    }
    return 0;
  }

  private static boolean startsWithName(byte[] b, int at) {
    for (int i = 0; i < NAME.length; i++) {
      if (b[at + i] != NAME[i]) {
        return false;
      }
    }
    return true;
  }

  private static long number(byte[] b, int start, int end) {
    long value = 0;
    int at = start;
    while (at < end && at - start < MOST_DIGITS && Octets.isDigit(b[at])) {
      value = value * 10 + b[at++] - '0';
    }
    return value;
  }
}
