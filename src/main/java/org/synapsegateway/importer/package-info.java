/**
 * Routes and settings for a site that is there: who serves what, why, and the files that say so.
 */
@NullMarked
package org.synapsegateway.importer;

import org.jspecify.annotations.NullMarked;
