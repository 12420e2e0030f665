// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fault;

/** Why something failed, for people. */
public final class Reason {
  private Reason() {}

  /** The message of an exception; its class and what it adds, if it has no message. */
  public static String of(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }
}
