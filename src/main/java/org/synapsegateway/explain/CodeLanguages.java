// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.Predicate;
import org.apache.camel.language.bean.BeanLanguage;
import org.apache.camel.spi.FactoryFinder;
import org.apache.camel.spi.Language;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.routing.PrivatePaths;
import org.synapsegateway.server.BlockingSteps;

/**
 * The languages that would call an admin's own code, which is not called: what it would say counts
 * as false, and as nothing where a value is wanted. Safe for any thread.
 */
final class CodeLanguages {
  /** Packages of types whose methods have no side effects. */
  private static final List<String> PLAIN =
      List.of(
          "java.", "org.apache.camel.", "org.synapsegateway.http.", "org.synapsegateway.request.");

  private static final String LANGUAGES = "META-INF/services/org/apache/camel/language/";

  private CodeLanguages() {}

  /** Takes their place in a context. */
  static void in(CamelContext context) {
    FactoryFinder known = context.getCamelContextExtension().getFactoryFinder(LANGUAGES);
    for (String language : BlockingSteps.CODE) {
      if (known.findClass(language).isPresent()) {
        bind(context, language, new Unknown());
      }
    }
    bind(context, "bean", new OwnBean(context));
    bind(context, "ref", new OwnRef(context));
  }

  private static void bind(CamelContext context, String language, Language answers) {
    context.getRegistry().bind(language + "-language", Language.class, answers);
  }

  /** Steps that are not called are present all the same, as in the running gateway. */
  static void demandBean(CamelContext context, String name) {
    if (context.getRegistry().lookupByName(name) == null
        && context.getClassResolver().resolveClass(name) == null) {
      throw new NoSuchBeanException(name);
    }
  }

  /** A language whose answers are not known. */
  private static class Unknown implements Language {
    @Override
    public Predicate createPredicate(String expression) {
      return new Nothing();
    }

    @Override
    public Expression createExpression(String expression) {
      return new Nothing();
    }
  }

  private static final class Nothing extends ExpressionAdapter {
    @Override
    public @Nullable Object evaluate(Exchange exchange) {
      return null;
    }

    @Override
    public boolean matches(Exchange exchange) {
      return false;
    }
  }

  /**
   * The language that calls methods, which simple uses too, for instance for {@code
   * ${body.method}}: those of the request and of values may be called.
   */
  private static final class OwnBean extends Unknown {
    private static final int INSTANCE = 1;
    private static final int REF = 4;

    private final CamelContext context;
    private final BeanLanguage real = new BeanLanguage();

    OwnBean(CamelContext context) {
      this.context = context;
      real.setCamelContext(context);
    }

    @Override
    public Predicate createPredicate(String expression, Object[] properties) {
      return isPlain(expression, properties)
          ? real().createPredicate(expression, properties)
          : new Nothing();
    }

    @Override
    public Expression createExpression(String expression, Object[] properties) {
      return isPlain(expression, properties)
          ? real().createExpression(expression, properties)
          : new Nothing();
    }

    private BeanLanguage real() {
      ServiceHelper.startService(real);
      return real;
    }

    private boolean isPlain(String expression, Object[] properties) {
      Object instance = properties == null ? null : properties[INSTANCE];
      if (instance == null) {
        Object ref = properties == null || properties.length <= REF ? null : properties[REF];
        String name = ref == null ? expression : ref.toString();
        if (name != null && !name.isBlank()) {
          demandBean(context, name.replaceFirst("[?:].*", ""));
        }
        return false;
      }
      String type = instance.getClass().getName();
      return !(instance instanceof Exchange || instance instanceof CamelContext)
          && PLAIN.stream().anyMatch(type::startsWith);
    }
  }

  /** The language that names beans, of which the gateway's own may be asked. */
  private static final class OwnRef extends Unknown {
    private final CamelContext context;

    OwnRef(CamelContext context) {
      this.context = context;
    }

    @Override
    public Predicate createPredicate(String expression) {
      return context.getRegistry().lookupByName(expression.trim()) instanceof PrivatePaths own
          ? own
          : super.createPredicate(expression);
    }
  }
}
