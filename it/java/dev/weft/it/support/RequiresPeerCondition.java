package dev.weft.it.support;

import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The effect of {@link RequiresPeer}: runs the test, skips it and notes this for {@link SkippedPeersSummary}, or
 * fails.
 */
final class RequiresPeerCondition implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    var missing =
        AnnotationSupport.findRepeatableAnnotations(context.getElement(), RequiresPeer.class)
            .stream()
            .map(RequiresPeer::value)
            .distinct()
            .filter(peer -> Peers.find(peer).isEmpty())
            .collect(Collectors.toList());
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("all peers are there");
    }
    var reason = "missing: " + String.join(", ", missing) + " (it/install-peers installs it)";
    if (Boolean.getBoolean("weft.it.requirePeers")) {
      throw new ExtensionConfigurationException(reason + ", and weft.it.requirePeers is true");
    }
    var test = context.getRequiredTestClass().getSimpleName()
        + context.getTestMethod().map(method -> "." + method.getName()).orElse("");
    SkippedPeersSummary.note(test, missing);
    return ConditionEvaluationResult.disabled(reason);
  }
}
