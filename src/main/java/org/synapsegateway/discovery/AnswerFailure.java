// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import java.util.Locale;

/** Why a question about workers or a host has no usable answer. */
public enum AnswerFailure {
  /** Nobody answers in time, or the file cannot be read. */
  NO_ANSWER,
  /** DNS says SERVFAIL, REFUSED or the like. */
  ERROR,
  /** There is no such name, or no such file. */
  UNKNOWN,
  /** The answer is empty. */
  EMPTY,
  /** The answer is truncated or half written, or names something that is not a worker. */
  UNUSABLE;

  /** The value of the meters' tag. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
