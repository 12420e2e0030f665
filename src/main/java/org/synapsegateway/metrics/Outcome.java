// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.metrics;

import org.synapsegateway.http.Failure;
import org.synapsegateway.request.RequestRecord;

/** How requests end, numbered: with a reply of some class of status, or with a {@link Failure}. */
// failures follow the classes by their order
@SuppressWarnings("EnumOrdinal")
final class Outcome {
  private static final Failure[] FAILURES = Failure.values();
  private static final int CLASSES = 6;

  /** How many there are. */
  static final int COUNT = CLASSES + FAILURES.length;

  private Outcome() {}

  static int of(RequestRecord record) {
    return record.failure() == null ? record.status() / 100 : of(record.failure());
  }

  static int of(Failure failure) {
    return CLASSES + failure.ordinal();
  }

  /** Whether it is an error of the gateway or of a worker, as a status from 500 on says. */
  static boolean isError(int outcome) {
    return outcome < CLASSES ? outcome == 5 : FAILURES[outcome - CLASSES].status() >= 500;
  }

  /** Whether the gateway refused it because a limit of its own or of a worker was reached. */
  static boolean isLimit(int outcome) {
    return outcome == of(Failure.TOO_MANY_REQUESTS) || outcome == of(Failure.OVERLOADED);
  }

  /** Whether a worker or a route has replied, so that no {@link Failure} is the reason. */
  static boolean isReply(int outcome) {
    return outcome < CLASSES;
  }

  /** Its name as a tag. */
  static String tag(int outcome) {
    return outcome < CLASSES ? outcome + "xx" : FAILURES[outcome - CLASSES].tag();
  }
}
