package org.synapsegateway.config;

import java.util.List;

/**
 * What is wrong with settings or routes: one fault or several, each a line with its place, what is
 * the matter there, and how to mend it.
 */
public final class ConfigurationException extends IllegalArgumentException {
  private final transient List<String> faults;

  /**
   * @param faults at least one
   */
  private ConfigurationException(List<String> faults) {
    super(
        faults.get(0)
            + (faults.size() == 1
                ? ""
                : " (and %d more: see the command check)".formatted(faults.size() - 1)));
    this.faults = List.copyOf(faults);
  }

  /** Goes on if there are no faults. */
  public static void throwIfAny(List<String> faults) {
    if (!faults.isEmpty()) {
      throw new ConfigurationException(faults);
    }
  }

  List<String> faults() {
    return faults;
  }
}
