// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.util.Map;
import org.synapsegateway.management.Answer;
import org.synapsegateway.management.Page;
import org.synapsegateway.management.Question;

/** {@code /observe/explain}: explains the request that is posted to it. Safe for any thread. */
public final class ExplainPage implements Page {
  private final Explainer explainer;

  /**
   * @param properties values of keys that count before all others
   */
  public ExplainPage(Map<String, String> properties) {
    explainer = new Explainer(properties);
  }

  @Override
  public Answer answer(Question question) {
    return Answer.json(200, explainer.explain(question.body()));
  }
}
