package reference

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	podapi "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/policy"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	policyvalidation "k8s.io/kubernetes/pkg/apis/policy/validation"
	"sigs.k8s.io/yaml"
)

// definition is a CustomResourceDefinition's version, as an API server keeps it.
type definition struct {
	structural *structuralschema.Structural
	validator  validation.SchemaValidator
	rules      *cel.Validator
}

// The definitions come from the projects' own modules.
var defined struct {
	sync.Once
	definitions map[schema.GroupVersionKind]definition
}

func definitions(t *testing.T) map[schema.GroupVersionKind]definition {
	defined.Do(func() {
		defined.definitions = map[schema.GroupVersionKind]definition{}
		for _, files := range []string{
			filepath.Join(module(t, "sigs.k8s.io/gateway-api"), "config/crd/standard/*.yaml"),
			filepath.Join(module(t, "github.com/argoproj/argo-cd/v3"), "manifests/crds/*-crd.yaml"),
		} {
			paths, err := filepath.Glob(files)
			require.NoError(t, err)
			require.NotEmpty(t, paths, files)
			for _, path := range paths {
				text, err := os.ReadFile(path)
				require.NoError(t, err)
				for _, document := range strings.Split(string(text), "\n---") {
					define(t, document)
				}
			}
		}
	})
	return defined.definitions
}

func define(t *testing.T, document string) {
	var external apiextensionsv1.CustomResourceDefinition
	require.NoError(t, yaml.Unmarshal([]byte(document), &external))
	if external.Kind != "CustomResourceDefinition" {
		return
	}
	var internal apiextensions.CustomResourceDefinition
	require.NoError(t, apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(&external, &internal, nil))
	for _, version := range internal.Spec.Versions {
		if !version.Served {
			continue
		}
		kind := schema.GroupVersionKind{Group: internal.Spec.Group, Version: version.Name, Kind: internal.Spec.Names.Kind}
		props, err := apiextensions.GetSchemaForVersion(&internal, version.Name)
		require.NoError(t, err)
		structural, err := structuralschema.NewStructural(props.OpenAPIV3Schema)
		require.NoError(t, err, kind)
		validator, _, err := validation.NewSchemaValidator(props.OpenAPIV3Schema)
		require.NoError(t, err, kind)
		defined.definitions[kind] = definition{structural, validator, cel.NewValidator(structural, true, celconfig.PerCallLimit)}
	}
}

// faultsOf says what an API server would have against a resource. A field that nobody knows is a fault, too.
func faultsOf(t *testing.T, resource *unstructured.Unstructured) []string {
	if definition, ok := definitions(t)[resource.GroupVersionKind()]; ok {
		return definition.faults(resource)
	}
	return ownFaults(t, resource)
}

func (d definition) faults(resource *unstructured.Unstructured) []string {
	fields := resource.DeepCopy().Object
	options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	found := []string{}
	for _, path := range pruning.PruneWithOptions(fields, d.structural, true, options) {
		found = append(found, "unknown field "+path)
	}
	defaulting.Default(fields, d.structural)
	errors := validation.ValidateCustomResource(nil, fields, d.validator)
	if len(errors) == 0 {
		errors, _ = d.rules.Validate(context.Background(), nil, d.structural, fields, nil, celconfig.RuntimeCELCostBudget)
	}
	return append(found, texts(errors)...)
}

// Kubernetes' own kinds: decoded strictly, with its defaults, then asked as its API server asks.
func ownFaults(t *testing.T, resource *unstructured.Unstructured) []string {
	text, err := json.Marshal(resource.Object)
	require.NoError(t, err)
	decoder := serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).UniversalDecoder()
	object, _, err := decoder.Decode(text, nil, nil)
	if runtime.IsNotRegisteredError(err) {
		return []string{"nobody here knows " + resource.GroupVersionKind().String()}
	}
	if err != nil {
		return []string{err.Error()}
	}
	switch object := object.(type) {
	case *apps.Deployment:
		inSomeNamespace(&object.Namespace)
		return texts(appsvalidation.ValidateDeployment(object, podapi.GetValidationOptionsFromPodTemplate(&object.Spec.Template, nil)))
	case *core.Service:
		inSomeNamespace(&object.Namespace)
		return texts(corevalidation.ValidateServiceCreate(object))
	case *core.ServiceAccount:
		inSomeNamespace(&object.Namespace)
		return texts(corevalidation.ValidateServiceAccount(object))
	case *core.ConfigMap:
		inSomeNamespace(&object.Namespace)
		return texts(corevalidation.ValidateConfigMap(object))
	case *core.Namespace:
		return texts(corevalidation.ValidateNamespace(object))
	case *policy.PodDisruptionBudget:
		inSomeNamespace(&object.Namespace)
		return texts(policyvalidation.ValidatePodDisruptionBudget(object, policyvalidation.PodDisruptionBudgetValidationOptions{}))
	}
	return []string{fmt.Sprintf("nobody here asks a %s whether it is right", resource.GetKind())}
}

// Argo CD gives a resource without one its application's.
func inSomeNamespace(namespace *string) {
	if *namespace == "" {
		*namespace = "some"
	}
}

func texts(errors field.ErrorList) []string {
	found := []string{}
	for _, err := range errors {
		found = append(found, err.Error())
	}
	return found
}

// What the judges above must not let through.
func TestAFaultIsFound(t *testing.T) {
	for name, test := range map[string]struct{ resource, fault string }{
		"an unknown field of a route": {`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: {hostname: a.example.com}}`,
			"unknown field spec.hostname"},
		"a header's match of no known type": {`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a},
			spec: {rules: [{matches: [{headers: [{name: a, value: b, type: Regex}]}]}]}}`, "spec.rules[0].matches[0].headers[0].type"},
		"a path that the definition's own rule refuses": {`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a},
			spec: {rules: [{matches: [{path: {type: PathPrefix, value: a}}]}]}}`, "must be an absolute path"},
		"an unknown field of a Deployment": {`{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replica: 2}}`,
			`unknown field "spec.replica"`},
		"a Service without a port": {`{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selector: {a: b}}}`, "spec.ports: Required value"},
		"a Deployment whose selector fits no pod": {`{apiVersion: apps/v1, kind: Deployment, metadata: {name: a},
			spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: a, image: a}]}}}}`,
			"`selector` does not match template `labels`"},
		"a kind that nobody knows": {`{apiVersion: example.com/v1, kind: Thing, metadata: {name: a}}`, "nobody here knows"},
	} {
		t.Run(name, func(t *testing.T) {
			resource := &unstructured.Unstructured{}
			require.NoError(t, yaml.Unmarshal([]byte(test.resource), &resource.Object))

			require.Contains(t, strings.Join(faultsOf(t, resource), "\n"), test.fault)
		})
	}
}
