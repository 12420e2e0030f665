// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.compare;

/** What it means that nginx and the routes decide so, from the worst to the best. */
public enum Verdict {
  WOULD_BREAK("would break"),
  ACCESS_DIFFERS("access differs"),
  CANNOT_TELL("cannot tell"),
  NOT_SYNAPSES("not Synapse's"),
  LOAD_DIFFERS("load differs"),
  BETTER("better"),
  SAME("same");

  private final String text;

  Verdict(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
