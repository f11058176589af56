// A Vue application with a router that keeps its pages alive: it takes them out of the document and puts them back.
import { createApp } from "vue";
import { createRouter, createWebHistory } from "vue-router";
import App from "./App.vue";
import Contents from "./Contents.vue";
import Room from "./Room.vue";

const router = createRouter({
  history: createWebHistory("/vue/"),
  routes: [
    { path: "/", component: Room },
    { path: "/contents", component: Contents },
  ],
});
createApp(App).use(router).mount("#app");
