// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fault;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings, routes or arguments are wrong. Holds all faults that were found; the message has the
 * first one and the number of the others.
 */
public final class ConfigurationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final transient List<Fault> faults;

  private ConfigurationException(List<Fault> faults, @Nullable Throwable cause) {
    super(summary(faults), cause);
    this.faults = List.copyOf(faults);
  }

  /** An exception with one fault. */
  public static ConfigurationException of(Fault fault) {
    return new ConfigurationException(List.of(fault), null);
  }

  /** As {@link #of(Fault)}, with the exception that shows the fault. */
  public static ConfigurationException of(Fault fault, Throwable cause) {
    return of(List.of(fault), cause);
  }

  /**
   * An exception with several faults.
   *
   * @param faults at least one
   */
  public static ConfigurationException of(List<Fault> faults, Throwable cause) {
    return new ConfigurationException(faults, cause);
  }

  /** Returns if there are no faults, and throws an exception with all of them otherwise. */
  public static void throwIfAny(List<Fault> faults) {
    if (!faults.isEmpty()) {
      throw new ConfigurationException(faults, null);
    }
  }

  /**
   * The first fault, and the number of the others.
   *
   * @param faults at least one
   */
  public static String summary(List<Fault> faults) {
    int others = faults.size() - 1;
    return faults.get(0)
        + (others == 0 ? "" : " (and %d more: see the command check)".formatted(others));
  }

  /** All faults, at least one. */
  public List<Fault> faults() {
    return faults;
  }
}
