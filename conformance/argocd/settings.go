package argocd

import (
	"github.com/argoproj/argo-cd/v3/common"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var partOf = map[string]string{"app.kubernetes.io/part-of": "argocd"}

// Settings are the ConfigMap and the Secret that Argo CD does not start without; the secret signs webhooks.
func Settings(webhookSecret string) (*corev1.ConfigMap, *corev1.Secret) {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: common.ArgoCDConfigMapName, Namespace: Namespace, Labels: partOf}},
		&corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: common.ArgoCDSecretName, Namespace: Namespace, Labels: partOf},
			Data:       map[string][]byte{"server.secretkey": []byte("a-key"), "webhook.github.secret": []byte(webhookSecret)},
		}
}

// Cluster registers one by its name.
func Cluster(name string) *corev1.Secret {
	return secret("cluster-"+name, common.LabelValueSecretTypeCluster, map[string]string{
		"name": name, "server": "https://" + name + ".clusters.example.com", "config": "{}",
	})
}

// GitHubApp are the credentials that the generators list GitHub with.
func GitHubApp(name, id, installation, privateKey string) *corev1.Secret {
	return secret(name, common.LabelValueSecretTypeRepoCreds, map[string]string{
		"type": "git", "url": "https://github.com/example-org",
		"githubAppID": id, "githubAppInstallationID": installation, "githubAppPrivateKey": privateKey,
	})
}

func secret(name, kind string, data map[string]string) *corev1.Secret {
	made := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: Namespace, Labels: map[string]string{common.LabelKeySecretType: kind}},
		Data:       map[string][]byte{},
	}
	for key, value := range data {
		made.Data[key] = []byte(value)
	}
	return made
}
