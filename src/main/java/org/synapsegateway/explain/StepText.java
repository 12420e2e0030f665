// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RemoveHeaderDefinition;
import org.apache.camel.model.RemoveHeadersDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.SetPropertyDefinition;
import org.apache.camel.model.SetVariableDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.MethodCallExpression;

/** A step of a route in a few words, without the options of its URI, which may hold secrets. */
final class StepText {
  private StepText() {}

  static String of(ProcessorDefinition<?> step) {
    String detail = detail(step);
    return detail.isEmpty() ? step.getShortName() : step.getShortName() + " " + detail;
  }

  private static String detail(ProcessorDefinition<?> step) {
    if (step instanceof SendDefinition<?> to) {
      return plain(to.getEndpointUri());
    }
    if (step instanceof ToDynamicDefinition to) {
      return plain(to.getUri());
    }
    if (step instanceof BeanDefinition bean) {
      return method(bean.getRef() == null ? bean.getBeanType() : bean.getRef(), bean.getMethod());
    }
    if (step instanceof ProcessDefinition process) {
      return text(process.getRef());
    }
    if (step instanceof LogDefinition log) {
      return text(log.getMessage());
    }
    if (step instanceof SetHeaderDefinition set) {
      return text(set.getName());
    }
    if (step instanceof SetPropertyDefinition set) {
      return text(set.getName());
    }
    if (step instanceof SetVariableDefinition set) {
      return text(set.getName());
    }
    if (step instanceof RemoveHeaderDefinition remove) {
      return text(remove.getName());
    }
    if (step instanceof RemoveHeadersDefinition remove) {
      return text(remove.getPattern());
    }
    return step instanceof ExpressionNode node && node.getExpression() != null
        ? of(node.getExpression())
        : "";
  }

  /** An expression with its language. */
  static String of(ExpressionDefinition expression) {
    String text = text(expression.getExpression());
    if (text.isBlank() && expression instanceof MethodCallExpression call) {
      text =
          method(call.getRef() == null ? call.getBeanTypeName() : call.getRef(), call.getMethod());
    }
    return expression.getLanguage() + " " + text.strip().replaceAll("\\s+", " ");
  }

  private static String method(String bean, String method) {
    return bean + (method == null ? "" : "." + method);
  }

  private static String plain(String uri) {
    return text(uri).replaceFirst("(?s)\\?.*", "");
  }

  private static String text(String text) {
    return text == null ? "" : text;
  }
}
