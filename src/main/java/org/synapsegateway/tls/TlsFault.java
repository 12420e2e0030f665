// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import java.util.List;
import java.util.stream.Collectors;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/** Files of certificates, keys or tickets cannot be used; each fault has the file and the cure. */
public final class TlsFault extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<Fault> faults;

  /**
   * @param faults at least one
   */
  TlsFault(List<Fault> faults) {
    super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
    this.faults = List.copyOf(faults);
  }

  /** A file, or the setting that names it, is at fault. */
  TlsFault(Object place, String text) {
    this(List.of(new Fault(Code.BAD_CERTIFICATE, place.toString(), place.toString(), text)));
  }

  /** What is wrong, at least one fault. */
  public List<Fault> faults() {
    return faults;
  }

  /** The same faults, for the end of a start. */
  public ConfigurationException asConfiguration() {
    return ConfigurationException.of(faults, this);
  }
}
