package reference

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/stretchr/testify/require"
)

const infra = "example-app-infra"

// tofu is what a folder of OpenTofu's files declares, and what they refer to.
type tofu struct {
	declared   map[string]bool
	referredTo map[string]hcl.Range
	variables  map[string]bool
	blocks     map[string]hclsyntax.Blocks
}

// Blocks that a file may have at its top, and how many labels each is named by.
var topLevel = map[string]int{"terraform": 0, "locals": 0, "provider": 1, "variable": 1, "output": 1, "data": 2, "resource": 2}

func declaredIn(t *testing.T, folder string) tofu {
	found := tofu{map[string]bool{}, map[string]hcl.Range{}, map[string]bool{}, map[string]hclsyntax.Blocks{}}
	paths, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	require.NoError(t, err)
	require.NotEmpty(t, paths, folder)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(hclwrite.Format(text)), string(text), "%s: its format", path)
		file, diagnostics := hclparse.NewParser().ParseHCL(text, path)
		require.False(t, diagnostics.HasErrors(), diagnostics.Error())
		found.read(t, file.Body.(*hclsyntax.Body))
	}
	return found
}

func (f tofu) read(t *testing.T, body *hclsyntax.Body) {
	require.Empty(t, body.Attributes)
	for _, block := range body.Blocks {
		labels, ok := topLevel[block.Type]
		require.True(t, ok && labels == len(block.Labels), "%s: a block %s with %d labels", block.DefRange(), block.Type, len(block.Labels))
		f.blocks[block.Type] = append(f.blocks[block.Type], block)
		switch block.Type {
		case "variable":
			f.declare(t, block, "var."+block.Labels[0])
			f.variables[block.Labels[0]] = true
		case "locals":
			for name := range block.Body.Attributes {
				f.declare(t, block, "local."+name)
			}
		case "data":
			f.declare(t, block, "data."+strings.Join(block.Labels, "."))
		case "resource":
			f.declare(t, block, strings.Join(block.Labels, "."))
		}
		require.False(t, hclsyntax.VisitAll(block.Body, func(node hclsyntax.Node) hcl.Diagnostics {
			if expression, ok := node.(*hclsyntax.ScopeTraversalExpr); ok {
				f.refer(expression.Traversal)
			}
			return nil
		}).HasErrors())
	}
}

func (f tofu) declare(t *testing.T, block *hclsyntax.Block, name string) {
	require.False(t, f.declared[name], "%s: %s is declared twice", block.DefRange(), name)
	f.declared[name] = true
}

// refer takes as much of a traversal as names a thing: `aws_s3_bucket.objects` of `aws_s3_bucket.objects.arn`.
func (f tofu) refer(traversal hcl.Traversal) {
	parts := []string{traversal.RootName()}
	for _, step := range traversal[1:] {
		attribute, ok := step.(hcl.TraverseAttr)
		if !ok {
			break
		}
		parts = append(parts, attribute.Name)
	}
	length := 2
	if parts[0] == "data" {
		length = 3
	}
	// `each` is the block's own, and a lone word such as `string` is a type.
	if parts[0] == "each" || len(parts) < length {
		return
	}
	f.referredTo[strings.Join(parts[:length], ".")] = traversal.SourceRange()
}

func TestTheInfrastructureIsWellFormedAndRefersToWhatItDeclares(t *testing.T) {
	for _, folder := range []string{"", "bootstrap"} {
		found := declaredIn(t, fileOf(infra, folder))

		for name, where := range found.referredTo {
			require.True(t, found.declared[name], "%s: there is no %s", where, name)
		}
		for name := range found.declared {
			if strings.HasPrefix(name, "var.") || strings.HasPrefix(name, "local.") || strings.HasPrefix(name, "data.") {
				require.Contains(t, found.referredTo, name, "nobody uses it")
			}
		}
	}
}

func TestAMistakeInTheInfrastructureIsFound(t *testing.T) {
	repository := copied(t, infra)
	edit(t, repository, "outputs.tf", "aws_sqs_queue.jobs.url", "aws_sqs_queue.job.url")

	found := declaredIn(t, repository)

	require.Contains(t, found.referredTo, "aws_sqs_queue.job")
	require.NotContains(t, found.declared, "aws_sqs_queue.job")
}

func TestEachEnvironmentGivesEveryVariableAndItsStateAPlaceOfItsOwn(t *testing.T) {
	variables := declaredIn(t, fileOf(infra, "")).variables
	states := map[string]bool{}
	for _, environment := range []string{"production", "sandbox"} {
		given := attributesOf(t, fileOf(infra, "envs/"+environment+".tfvars"))
		names := map[string]bool{}
		for name := range given {
			names[name] = true
		}
		require.Equal(t, variables, names)
		require.Equal(t, environment, given["environment"])
		backend := attributesOf(t, fileOf(infra, "envs/"+environment+".tfbackend"))
		require.Contains(t, backend["bucket"], given["account"])
		require.Equal(t, given["region"], backend["region"])
		states[backend["bucket"]+"/"+backend["key"]] = true
	}
	require.Len(t, states, 2)
}

func attributesOf(t *testing.T, path string) map[string]string {
	file, diagnostics := hclparse.NewParser().ParseHCLFile(path)
	require.False(t, diagnostics.HasErrors(), diagnostics.Error())
	attributes, diagnostics := file.Body.JustAttributes()
	require.False(t, diagnostics.HasErrors(), diagnostics.Error())
	found := map[string]string{}
	for name, attribute := range attributes {
		value, diagnostics := attribute.Expr.Value(nil)
		require.False(t, diagnostics.HasErrors(), diagnostics.Error())
		found[name] = value.AsString()
	}
	return found
}

// What holds data is not gone by a plan that nobody has read to its end, and every version is one that somebody chose.
func TestABucketIsNeverDestroyedAndAProviderIsOfOneVersion(t *testing.T) {
	for _, folder := range []string{"", "bootstrap"} {
		found := declaredIn(t, fileOf(infra, folder))
		buckets := 0
		for _, resource := range found.blocks["resource"] {
			if resource.Labels[0] != "aws_s3_bucket" {
				continue
			}
			buckets++
			prevented := false
			for _, block := range resource.Body.Blocks {
				prevented = prevented || block.Type == "lifecycle" && block.Body.Attributes["prevent_destroy"] != nil
			}
			require.True(t, prevented, resource.Labels[1])
		}
		require.Positive(t, buckets)
		for _, block := range found.blocks["terraform"][0].Body.Blocks {
			if block.Type == "required_providers" {
				provider, diagnostics := block.Body.Attributes["aws"].Expr.Value(nil)
				require.False(t, diagnostics.HasErrors(), diagnostics.Error())
				require.Regexp(t, `^\d+\.\d+\.\d+$`, provider.GetAttr("version").AsString())
			}
		}
	}
}

// The role is for the service account that the deployment repository has, where Argo CD puts it.
func TestTheRoleIsForThePodsOfTheEnvironment(t *testing.T) {
	text := string(textOf(t, infra, "main.tf")) + string(textOf(t, infra, "access.tf"))
	for _, environment := range []string{"production", "sandbox"} {
		account := one(t, builtOK(t, copied(t, deployment), "overlays/"+environment, nil), "ServiceAccount", "example-app")
		require.Contains(t, text, `application = "`+account.GetName()+`"`)
		for _, application := range expected(t) {
			if application.Name == here("example-app-"+environment) {
				require.Equal(t, here("example-app")+"-"+environment, application.Spec.Destination.Namespace)
			}
		}
	}
	require.Contains(t, text, `name        = "${local.application}-${var.environment}"`)
	require.Contains(t, text, "namespace       = local.name")
}
