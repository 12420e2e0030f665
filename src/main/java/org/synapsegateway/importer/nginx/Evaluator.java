// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

/**
 * Tells what nginx does with a request, without nginx: server, location, rewrite directives, access
 * rules, upstream.
 *
 * <p>It knows what real sites use. What it does not know it does not guess: the decision names the
 * directive. Safe for any thread.
 */
public final class Evaluator {
  private final Site site;

  public Evaluator(Site site) {
    this.site = site;
  }

  public Decision decide(Question question) {
    return new Handling(site, question).decide();
  }
}
